SELECT count(*) || ' ' || (SELECT units FROM stock WHERE item = 1) FROM orders;
