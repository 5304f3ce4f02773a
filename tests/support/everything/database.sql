-- What belongs to the database itself: owner, grants, comment, settings for all and for roles. Settings count from the
-- next connection on; those here change how values print, and where names are looked up.
ALTER DATABASE :"DBNAME" OWNER TO hf_owner;
ALTER DATABASE :"DBNAME" CONNECTION LIMIT 37;
COMMENT ON DATABASE :"DBNAME" IS E'it''s "größer"\nthan \\ one line';
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO hf_app WITH GRANT OPTION;
GRANT CREATE ON DATABASE :"DBNAME" TO "HF ""Reader"" one";
ALTER DATABASE :"DBNAME" SET search_path = "$user", 'Odd "schema"', "größe.mit.Punkten", public;
ALTER DATABASE :"DBNAME" SET DateStyle = 'SQL, DMY';
ALTER DATABASE :"DBNAME" SET IntervalStyle = 'sql_standard';
ALTER DATABASE :"DBNAME" SET TimeZone = 'Asia/Kolkata';
ALTER DATABASE :"DBNAME" SET bytea_output = 'escape';
ALTER DATABASE :"DBNAME" SET extra_float_digits = '-10';
ALTER DATABASE :"DBNAME" SET xmloption = 'document';
ALTER DATABASE :"DBNAME" SET standard_conforming_strings = off;
ALTER DATABASE :"DBNAME" SET default_transaction_isolation = 'serializable';
ALTER DATABASE :"DBNAME" SET default_tablespace = '';
ALTER DATABASE :"DBNAME" SET "shop.Motto" = 'a ''quoted'' \ größe; DROP';
ALTER ROLE hf_app IN DATABASE :"DBNAME" SET search_path = shop, "a,b", 'c''d';
ALTER ROLE "HF ""Reader"" one" IN DATABASE :"DBNAME" SET work_mem = '9MB';
ALTER ROLE hf_app IN DATABASE :"DBNAME" SET "shop.tenant" = 'größe "x"';
