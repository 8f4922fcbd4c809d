-- Bars that SQL brings are bars like others: a session that had no coverage gets a row, to be counted before use.
CREATE OR REPLACE FUNCTION mark_coverage_dirty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('barkeep.load', true) = 'on' THEN RETURN NULL; END IF;
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE coverage SET dirty = true WHERE NOT dirty;
    RETURN NULL;
  END IF;
  INSERT INTO coverage AS c (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, dirty, updated_at)
  SELECT DISTINCT asset_id, timeframe, session, 0, ''::varbit, ''::varbit, ''::varbit, ''::varbit, ''::varbit, true, now() FROM changed
  ON CONFLICT (asset_id, timeframe, session) DO UPDATE SET dirty = true WHERE NOT c.dirty;
  RETURN NULL;
END $$;
