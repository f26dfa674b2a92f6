"""What v4 words differently in more than one API: parties, characteristics, places, files, products, prices."""
