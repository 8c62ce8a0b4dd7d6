"""Words of the labs, made of computed numbers only: readings, facts, sentence, tiles, table, text form."""
