-- A whole organization's counts of findings are read by as many processes as the database has to spare, which a function that is not
-- said to be safe there would prevent.
alter function shown_status(text, text) parallel safe;
alter function resource_type(text) parallel safe;
