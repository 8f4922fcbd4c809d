CREATE TYPE "public"."provider" AS ENUM('yahoo', 'coingecko');--> statement-breakpoint
CREATE TYPE "public"."timeframe" AS ENUM('1m', '30m', '4h', '1d', '4d');--> statement-breakpoint
CREATE TABLE "assets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "assets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"symbol" text NOT NULL,
	"name" text NOT NULL,
	"asset_class" text NOT NULL,
	"provider" "provider" NOT NULL,
	"provider_symbol" text NOT NULL,
	"exchange" text NOT NULL,
	"currency" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "assets_symbol_unique" UNIQUE("symbol")
);
--> statement-breakpoint
CREATE TABLE "series" (
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"begins_at" timestamp with time zone,
	"newest_fetch" timestamp with time zone,
	CONSTRAINT "series_asset_id_timeframe_pk" PRIMARY KEY("asset_id","timeframe")
);
--> statement-breakpoint
CREATE TABLE "bar_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bar_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"first_time" timestamp with time zone NOT NULL,
	"last_time" timestamp with time zone NOT NULL,
	"inserted" integer NOT NULL,
	"updated" integer NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bar_revisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bar_revisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"open" double precision NOT NULL,
	"high" double precision NOT NULL,
	"low" double precision NOT NULL,
	"close" double precision NOT NULL,
	"volume" double precision,
	"payload_id" bigint NOT NULL,
	"run_id" uuid NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"replaced_at" timestamp with time zone NOT NULL,
	"replaced_by_payload" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bars" (
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"session" date NOT NULL,
	"open" double precision NOT NULL,
	"high" double precision NOT NULL,
	"low" double precision NOT NULL,
	"close" double precision NOT NULL,
	"volume" double precision,
	"sma_20" double precision,
	"sma_50" double precision,
	"bar_return" double precision,
	"daily_return" double precision,
	"payload_id" bigint NOT NULL,
	"run_id" uuid NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "bars_asset_id_timeframe_time_pk" PRIMARY KEY("asset_id","timeframe","time"),
	CONSTRAINT "bars_prices_positive" CHECK ("bars"."low" > 0 and "bars"."high" < 'Infinity'),
	CONSTRAINT "bars_high_is_highest" CHECK ("bars"."high" >= "bars"."open" and "bars"."high" >= "bars"."close" and "bars"."high" >= "bars"."low"),
	CONSTRAINT "bars_low_is_lowest" CHECK ("bars"."low" <= "bars"."open" and "bars"."low" <= "bars"."close"),
	CONSTRAINT "bars_volume_not_negative" CHECK ("bars"."volume" >= 0 and "bars"."volume" < 'Infinity')
);
--> statement-breakpoint
CREATE TABLE "quotes" (
	"asset_id" integer PRIMARY KEY NOT NULL,
	"price" double precision NOT NULL,
	"currency" text NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"volume_24h" double precision,
	"fetched_at" timestamp with time zone NOT NULL,
	"payload_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "batches_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"payload_id" bigint NOT NULL,
	"code_version" text NOT NULL,
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"sha256" "bytea" NOT NULL,
	"state" text DEFAULT 'ready' NOT NULL,
	"times" timestamp with time zone[] NOT NULL,
	"bar_sessions" date[],
	"opens" double precision[],
	"highs" double precision[],
	"lows" double precision[],
	"closes" double precision[],
	"volumes" double precision[],
	"sessions" date[],
	"expected" integer[],
	"answered_slots" bit varying[],
	"filled_slots" bit varying[],
	"begins_at" timestamp with time zone,
	"rows_extracted" integer NOT NULL,
	"rows_rejected" integer NOT NULL,
	"rows_ignored" jsonb NOT NULL,
	"rows_inserted" integer,
	"rows_updated" integer,
	"rows_unchanged" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"loaded_at" timestamp with time zone,
	CONSTRAINT "batches_payload_code" UNIQUE("payload_id","code_version")
);
--> statement-breakpoint
CREATE TABLE "corporate_actions" (
	"asset_id" integer NOT NULL,
	"kind" text NOT NULL,
	"session" date NOT NULL,
	"amount" double precision,
	"numerator" double precision,
	"denominator" double precision,
	"payload_id" bigint NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "corporate_actions_asset_id_kind_session_pk" PRIMARY KEY("asset_id","kind","session")
);
--> statement-breakpoint
CREATE TABLE "coverage" (
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"session" date NOT NULL,
	"expected" integer NOT NULL,
	"filled_slots" bit varying NOT NULL,
	"answered_slots" bit varying NOT NULL,
	"filled" integer GENERATED ALWAYS AS (bit_count(filled_slots)) STORED NOT NULL,
	"pending" integer GENERATED ALWAYS AS (bit_count(answered_slots & ~filled_slots)) STORED NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"dirty" boolean DEFAULT false NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "coverage_asset_id_timeframe_session_pk" PRIMARY KEY("asset_id","timeframe","session"),
	CONSTRAINT "coverage_slots" CHECK (length(filled_slots) = expected and length(answered_slots) = expected)
);
--> statement-breakpoint
CREATE TABLE "provider_calls" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "provider_calls_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"provider" "provider" NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"status" smallint,
	"error" text,
	"message" text,
	"url" text,
	"bytes" integer,
	"payload_id" bigint,
	"run_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_state" (
	"provider" "provider" PRIMARY KEY NOT NULL,
	"ends" timestamp with time zone[] DEFAULT '{}' NOT NULL,
	"leases" timestamp with time zone[] DEFAULT '{}' NOT NULL,
	"blocked_until" timestamp with time zone DEFAULT '-infinity' NOT NULL,
	"blocked_reason" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"blocks" integer DEFAULT 0 NOT NULL,
	"quota_month" date DEFAULT date_trunc('month', now() at time zone 'utc')::date NOT NULL,
	"quota_used" integer DEFAULT 0 NOT NULL,
	"last_success_at" timestamp with time zone,
	"last_failure_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "raw_payloads" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "raw_payloads_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"provider" "provider" NOT NULL,
	"kind" text NOT NULL,
	"asset_id" integer,
	"timeframe" timeframe,
	"window_from" timestamp with time zone,
	"window_to" timestamp with time zone,
	"url" text NOT NULL,
	"status" smallint NOT NULL,
	"content_type" text,
	"sha256" "bytea" NOT NULL,
	"body" "bytea" NOT NULL,
	"body_bytes" integer NOT NULL,
	"rows" integer NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"workflow_id" text NOT NULL,
	"run_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rejected_bars" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rejected_bars_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"payload_id" bigint NOT NULL,
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"time" timestamp with time zone,
	"row" integer NOT NULL,
	"rule" text NOT NULL,
	"raw" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instance" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"mode" text NOT NULL,
	"providers" jsonb NOT NULL,
	"clock_offset" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "instance_only_one" CHECK ("instance"."only")
);
--> statement-breakpoint
CREATE TABLE "pipeline_run_steps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pipeline_run_steps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workflow_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"activity_id" text NOT NULL,
	"item" integer NOT NULL,
	"step" text NOT NULL,
	"asset_id" integer,
	"timeframe" timeframe,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"rows" integer,
	"error_type" text,
	"error_message" text,
	CONSTRAINT "pipeline_run_steps_step" UNIQUE("workflow_id","run_id","activity_id","item")
);
--> statement-breakpoint
CREATE TABLE "pipeline_runs" (
	"workflow_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"pipeline" text NOT NULL,
	"trigger" text NOT NULL,
	"nominal_at" timestamp with time zone NOT NULL,
	"scheduled_at" timestamp with time zone,
	"status" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"duration_ms" integer,
	"rows_extracted" integer DEFAULT 0 NOT NULL,
	"rows_inserted" integer DEFAULT 0 NOT NULL,
	"rows_updated" integer DEFAULT 0 NOT NULL,
	"rows_unchanged" integer DEFAULT 0 NOT NULL,
	"rows_rejected" integer DEFAULT 0 NOT NULL,
	"assets_ok" integer DEFAULT 0 NOT NULL,
	"assets_failed" integer DEFAULT 0 NOT NULL,
	"error_type" text,
	"error_message" text,
	CONSTRAINT "pipeline_runs_workflow_id_run_id_pk" PRIMARY KEY("workflow_id","run_id")
);
--> statement-breakpoint
ALTER TABLE "series" ADD CONSTRAINT "series_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bar_changes_order" ON "bar_changes" USING btree ("xid","id");--> statement-breakpoint
CREATE INDEX "bar_revisions_bar" ON "bar_revisions" USING btree ("asset_id","timeframe","time");--> statement-breakpoint
CREATE INDEX "batches_series" ON "batches" USING btree ("asset_id","timeframe","fetched_at");--> statement-breakpoint
CREATE INDEX "coverage_dirty" ON "coverage" USING btree ("asset_id") WHERE dirty;--> statement-breakpoint
CREATE INDEX "provider_calls_time" ON "provider_calls" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "raw_payloads_series" ON "raw_payloads" USING btree ("asset_id","timeframe","fetched_at");--> statement-breakpoint
CREATE UNIQUE INDEX "rejected_bars_row" ON "rejected_bars" USING btree ("payload_id","row","rule");--> statement-breakpoint
CREATE INDEX "rejected_bars_series" ON "rejected_bars" USING btree ("asset_id","timeframe","time");--> statement-breakpoint
CREATE INDEX "pipeline_run_steps_started" ON "pipeline_run_steps" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "pipeline_runs_pipeline" ON "pipeline_runs" USING btree ("pipeline","started_at");--> statement-breakpoint
CREATE INDEX "pipeline_runs_started" ON "pipeline_runs" USING btree ("started_at");