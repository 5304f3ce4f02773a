-- Publications and subscriptions.
CREATE PUBLICATION "pub ""leer""";
CREATE PUBLICATION of_all FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION of_some FOR TABLE shop.orders, ONLY family.parent, store.identity_index WITH (publish = 'insert');
CREATE PUBLICATION via_root FOR TABLE parts.by_range WITH (publish_via_partition_root, publish = 'insert, delete');
COMMENT ON PUBLICATION of_some IS 'some tables';
\if :v15
CREATE PUBLICATION of_rows_and_columns FOR TABLE shop.orders (id, total) WHERE (total > 5 AND note <> 'it''s'), ix.t (id, a), public.in_public WHERE (id > 0)
    WITH (publish = 'insert');
CREATE PUBLICATION of_schemas FOR TABLES IN SCHEMA shop, "Odd ""schema""";
CREATE PUBLICATION of_schema_and_table FOR TABLES IN SCHEMA seq, TABLE sec.granted;
\endif
ALTER PUBLICATION of_some OWNER TO hf_super;

CREATE SUBSCRIPTION "sub ""one""" CONNECTION 'host=127.0.0.1 port=1 dbname=''it\''s'' password=geheim' PUBLICATION p1, "P ""2""" WITH (connect = false, slot_name = 'sub_one');
CREATE SUBSCRIPTION with_options CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = 'my_slot', synchronous_commit = 'remote_apply');
CREATE SUBSCRIPTION without_slot CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE);
\if :v14
ALTER SUBSCRIPTION with_options SET (binary = true, streaming = on);
\endif
\if :v15
ALTER SUBSCRIPTION with_options SET (disable_on_error = true);
CREATE SUBSCRIPTION two_phase CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, two_phase = true);
\endif
\if :v16
ALTER SUBSCRIPTION with_options SET (origin = none, streaming = parallel, run_as_owner = true);
\endif
COMMENT ON SUBSCRIPTION with_options IS 'goes nowhere';
ALTER SUBSCRIPTION without_slot OWNER TO hf_super;
