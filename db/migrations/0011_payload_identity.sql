ALTER TABLE "batches" ADD COLUMN "load_instants" timestamp with time zone[];--> statement-breakpoint
ALTER TABLE "raw_payloads" ADD COLUMN "provider_symbol" text;--> statement-breakpoint
ALTER TABLE "raw_payloads" ADD COLUMN "exchange" text;--> statement-breakpoint
ALTER TABLE "raw_payloads" ADD COLUMN "currency" text;--> statement-breakpoint
ALTER TABLE "raw_payloads" ADD COLUMN "row_digest" "bytea";--> statement-breakpoint
-- The URL still has the symbol of the request; exchange and currency are today's, because nothing recorded others.
UPDATE raw_payloads p SET exchange = a.exchange, currency = a.currency, provider_symbol = coalesce((
    SELECT replace(replace(replace(replace(u.symbol, '%5E', '^'), '%3D', '='), '%3A', ':'), '%26', '&')
    FROM coalesce(substring(p.url FROM '/v8/finance/chart/([^/?]+)'), substring(p.url FROM '/coins/([^/?]+)/ohlc')) u(symbol)
  ), a.provider_symbol)
FROM assets a WHERE a.id = p.asset_id AND p.kind = 'bars';--> statement-breakpoint
UPDATE batches SET load_instants = array['-infinity', loaded_at] WHERE loaded_at IS NOT NULL;--> statement-breakpoint
-- Over everything in the row but the body. Instants as seconds, so that no time zone changes the text.
CREATE FUNCTION payload_row_digest(p raw_payloads) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(p.id, p.provider, p.kind, p.asset_id, p.timeframe, p.provider_symbol, p.exchange, p.currency,
    extract(epoch FROM p.window_from), extract(epoch FROM p.window_to), p.url, p.status, p.content_type, encode(p.sha256, 'hex'),
    p.body_bytes, p.rows, extract(epoch FROM p.fetched_at), p.duration_ms, p.workflow_id, p.run_id)::text, 'UTF8'))
$$;--> statement-breakpoint
UPDATE raw_payloads p SET row_digest = payload_row_digest(p);--> statement-breakpoint
ALTER TABLE "raw_payloads" ALTER COLUMN "row_digest" SET NOT NULL;--> statement-breakpoint
CREATE FUNCTION digest_payload_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.row_digest := payload_row_digest(NEW);
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER digest_payload_row BEFORE INSERT ON raw_payloads FOR EACH ROW EXECUTE FUNCTION digest_payload_row();
