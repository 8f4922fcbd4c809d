CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"reason" text NOT NULL,
	"details" jsonb
);
--> statement-breakpoint
CREATE TABLE "bar_warnings" (
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"session" date NOT NULL,
	"rule" text NOT NULL,
	"details" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bar_warnings_asset_id_timeframe_time_rule_pk" PRIMARY KEY("asset_id","timeframe","time","rule")
);
--> statement-breakpoint
CREATE TABLE "daily_differences" (
	"asset_id" integer NOT NULL,
	"session" date NOT NULL,
	"open" double precision NOT NULL,
	"high" double precision NOT NULL,
	"low" double precision NOT NULL,
	"close" double precision NOT NULL,
	"volume" double precision,
	"minutes" integer NOT NULL,
	"expected" integer NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "daily_differences_asset_id_session_pk" PRIMARY KEY("asset_id","session")
);
--> statement-breakpoint
ALTER TABLE "coverage" DROP CONSTRAINT "coverage_slots";
--> statement-breakpoint
ALTER TABLE "coverage" drop column "pending";
--> statement-breakpoint
ALTER TABLE "raw_payloads" ALTER COLUMN "body" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "series" ADD COLUMN "first_bar" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "empty_slots" bit varying[];
--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD COLUMN "level_since" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD COLUMN "applied_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "as_usual" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "verified_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "provider_state" ADD COLUMN "outage_since" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "provider_state" ADD COLUMN "outage_symptom" text;
--> statement-breakpoint
ALTER TABLE "rejected_bars" ADD COLUMN "state" text DEFAULT 'open' NOT NULL;
--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject","at");
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "empty_slots" bit varying;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "lost_slots" bit varying;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "corrupt_slots" bit varying;
--> statement-breakpoint
UPDATE "coverage" SET "empty_slots" = repeat('0', expected)::bit varying, "lost_slots" = repeat('0', expected)::bit varying, "corrupt_slots" = repeat('0', expected)::bit varying;
--> statement-breakpoint
ALTER TABLE "coverage" ALTER COLUMN "empty_slots" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ALTER COLUMN "lost_slots" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ALTER COLUMN "corrupt_slots" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "pending" integer GENERATED ALWAYS AS (bit_count((answered_slots | lost_slots) & ~filled_slots & ~corrupt_slots) - case when as_usual or 2 * bit_count(filled_slots) >= expected
    then bit_count(empty_slots & ~filled_slots & ~lost_slots & ~corrupt_slots) else 0 end) STORED NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "empty" integer GENERATED ALWAYS AS (case when as_usual or 2 * bit_count(filled_slots) >= expected
    then bit_count(empty_slots & ~filled_slots & ~lost_slots & ~corrupt_slots) else 0 end) STORED NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ADD COLUMN "corrupt" integer GENERATED ALWAYS AS (bit_count(corrupt_slots & ~filled_slots)) STORED NOT NULL;
--> statement-breakpoint
ALTER TABLE "coverage" ADD CONSTRAINT "coverage_slots" CHECK (length(filled_slots) = expected and length(answered_slots) = expected and length(empty_slots) = expected
        and length(lost_slots) = expected and length(corrupt_slots) = expected);
--> statement-breakpoint
UPDATE "series" s SET "first_bar" = (SELECT min(b.time) FROM bars b WHERE b.asset_id = s.asset_id AND b.timeframe = s.timeframe);
--> statement-breakpoint
UPDATE "corporate_actions" SET "level_since" = first_seen_at, "applied_at" = first_seen_at WHERE kind = 'split';
