CREATE TABLE "payload_digests" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"asset_id" integer,
	"timeframe" timeframe,
	"day" date,
	"payload_ids" bigint[] NOT NULL,
	"facts" "bytea",
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "payload_digests_series" ON "payload_digests" USING btree ("asset_id","timeframe");--> statement-breakpoint
CREATE FUNCTION payload_digest_hash(d payload_digests, hash_before bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(coalesce(hash_before, '') || sha256(convert_to(jsonb_build_array(
    d.seq, d.asset_id, d.timeframe, d.day, encode(array_send(d.payload_ids), 'hex'), encode(sha256(d.facts), 'hex'))::text, 'UTF8')))
$$;--> statement-breakpoint
-- Appends to the chain. A restored row keeps its place and hash.
CREATE FUNCTION chain_payload_digest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  newest payload_digests;
BEGIN
  IF NEW.hash IS NULL THEN
    SELECT * INTO newest FROM payload_digests ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(newest.seq, 0) + 1;
    NEW.hash := payload_digest_hash(NEW, newest.hash);
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER chain_payload_digest BEFORE INSERT ON payload_digests FOR EACH ROW EXECUTE FUNCTION chain_payload_digest();--> statement-breakpoint
-- Over what a batch keeps once it is loaded and its payload is pruned. Instants as numbers, so that no time zone changes the text.
CREATE FUNCTION batch_row_digest(b batches) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(b.id, b.payload_id, b.code_version, b.asset_id, b.timeframe, extract(epoch FROM b.fetched_at),
    encode(b.sha256, 'hex'), b.state, extract(epoch FROM b.begins_at), b.quote_price, b.quote_currency, extract(epoch FROM b.quote_time),
    b.rows_extracted, b.rows_rejected, b.rows_ignored, b.rows_inserted, b.rows_updated, b.rows_unchanged, extract(epoch FROM b.created_at),
    extract(epoch FROM b.loaded_at), encode(array_send(b.load_instants), 'hex'))::text, 'UTF8'))
$$;--> statement-breakpoint
-- What was pruned before this version cannot be proved any more: it is recorded as such, so that what disappears later is found.
INSERT INTO payload_digests (asset_id, timeframe, payload_ids)
SELECT asset_id, timeframe, array_agg(id ORDER BY id) FROM raw_payloads WHERE body IS NULL
GROUP BY asset_id, timeframe ORDER BY asset_id, timeframe;
