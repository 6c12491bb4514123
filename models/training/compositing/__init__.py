"""The compositor: puts marks on real photos as goods carry them, and knows where it put them."""
