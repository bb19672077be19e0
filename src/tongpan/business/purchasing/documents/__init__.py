"""The document types of purchasing, each in a file of its own; menus follow the order of `apps`."""
