-- For people who use SQL.
CREATE VIEW stock_prices AS
  SELECT a.symbol, b.timeframe, b.time, b.session, b.open, b.high, b.low, b.close, b.volume, a.currency, b.sma_20, b.sma_50, b.bar_return, b.daily_return
  FROM bars b JOIN assets a ON a.id = b.asset_id WHERE a.asset_class = 'stock';
--> statement-breakpoint
CREATE VIEW crypto_prices AS
  SELECT a.symbol, b.timeframe, b.time, b.session, b.open, b.high, b.low, b.close, b.volume, a.currency, b.sma_20, b.sma_50, b.bar_return, b.daily_return
  FROM bars b JOIN assets a ON a.id = b.asset_id WHERE a.asset_class = 'crypto';
--> statement-breakpoint
-- A change of bars by anything but a load makes the coverage of its sessions doubtful: it is recounted before use.
CREATE FUNCTION mark_coverage_dirty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('barkeep.load', true) = 'on' THEN RETURN NULL; END IF;
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE coverage SET dirty = true WHERE NOT dirty;
    RETURN NULL;
  END IF;
  UPDATE coverage c SET dirty = true
  FROM (SELECT DISTINCT asset_id, timeframe, session FROM changed) s
  WHERE c.asset_id = s.asset_id AND c.timeframe = s.timeframe AND c.session = s.session AND NOT c.dirty;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER bars_inserted AFTER INSERT ON bars REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage_dirty();
--> statement-breakpoint
CREATE TRIGGER bars_updated AFTER UPDATE ON bars REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage_dirty();
--> statement-breakpoint
CREATE TRIGGER bars_deleted AFTER DELETE ON bars REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage_dirty();
--> statement-breakpoint
CREATE TRIGGER bars_truncated AFTER TRUNCATE ON bars FOR EACH STATEMENT EXECUTE FUNCTION mark_coverage_dirty();
