ALTER TABLE "corporate_actions" ADD COLUMN "currency" text;--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD COLUMN "in_force_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD COLUMN "same_as" date;--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD COLUMN "mixed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD COLUMN "refuted_at" timestamp with time zone;--> statement-breakpoint
-- Each split once, whatever dates it was announced under. Bars before the ex-date are at the level before the split in payloads
-- fetched before level_from. is_due: it is in force, its stored bars are not at its level, and no prices speak against it.
CREATE VIEW splits AS
SELECT asset_id, session, numerator, denominator, numerator / denominator AS ratio, payload_id, first_seen_at,
  coalesce(in_force_at, session::timestamp AT TIME ZONE 'UTC') AS in_force_at, level_since,
  coalesce(level_since, 'infinity') AS level_from, mixed_at, refuted_at, applied_at,
  applied_at IS NULL AND refuted_at IS NULL
    AND coalesce(in_force_at, session::timestamp AT TIME ZONE 'UTC') <= now() AS is_due
FROM corporate_actions
WHERE kind = 'split' AND same_as IS NULL;
