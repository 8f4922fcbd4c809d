CREATE INDEX "bar_changes_series" ON "bar_changes" USING btree ("asset_id","timeframe","id");
--> statement-breakpoint
-- What SQL changes is logged like what a load changes, for the stream and for answers that are kept while nothing changes.
CREATE OR REPLACE FUNCTION mark_coverage_dirty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('barkeep.load', true) = 'on' THEN RETURN NULL; END IF;
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE coverage SET dirty = true WHERE NOT dirty;
    INSERT INTO bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
    SELECT asset_id, timeframe, 'epoch', now(), 0, 0, now() FROM series;
  ELSE
    INSERT INTO coverage AS c (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, dirty, updated_at)
    SELECT DISTINCT asset_id, timeframe, session, 0, ''::varbit, ''::varbit, ''::varbit, ''::varbit, ''::varbit, true, now() FROM changed
    ON CONFLICT (asset_id, timeframe, session) DO UPDATE SET dirty = true WHERE NOT c.dirty;
    INSERT INTO bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
    SELECT asset_id, timeframe, min(time), max(time), CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE 0 END, CASE TG_OP WHEN 'UPDATE' THEN count(*) ELSE 0 END, now()
    FROM changed GROUP BY asset_id, timeframe;
  END IF;
  PERFORM pg_notify('bar_changes', '');
  RETURN NULL;
END $$;
