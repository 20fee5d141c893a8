"""Trees to values: what each written name, index, sum, product and derivative of a document stands for."""
