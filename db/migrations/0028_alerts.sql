CREATE TABLE "alert_deliveries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"news" jsonb NOT NULL,
	"sent_at" timestamp with time zone,
	"abandoned_at" timestamp with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "alert_evaluations" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"resumed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "alert_evaluations_one" CHECK ("alert_evaluations"."one")
);
--> statement-breakpoint
CREATE TABLE "alert_rules" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"measure" text NOT NULL,
	"direction" text NOT NULL,
	"level" double precision,
	"against" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"checked_bar" timestamp with time zone,
	CONSTRAINT "alert_rules_compared" CHECK (("alert_rules"."level" is null) <> ("alert_rules"."against" is null)),
	CONSTRAINT "alert_rules_level" CHECK ("alert_rules"."level" > 0 and "alert_rules"."level" < 'Infinity')
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alerts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"severity" text NOT NULL,
	"message" text NOT NULL,
	"advice" text NOT NULL,
	"because" text,
	"since" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"opening_delivery" uuid,
	"closing_delivery" uuid
);
--> statement-breakpoint
CREATE TABLE "disk_samples" (
	"day" date PRIMARY KEY NOT NULL,
	"folder" text NOT NULL,
	"total_bytes" bigint NOT NULL,
	"free_bytes" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_deliveries_pending" ON "alert_deliveries" USING btree ("created_at") WHERE sent_at is null and abandoned_at is null;--> statement-breakpoint
CREATE INDEX "alert_rules_asset" ON "alert_rules" USING btree ("asset_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("kind","subject") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "alerts_opened" ON "alerts" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "alerts_untold" ON "alerts" USING btree ("id") WHERE closed_at is not null and opening_delivery is not null and closing_delivery is null;--> statement-breakpoint
CREATE INDEX "alerts_stale" ON "alerts" USING btree ("closed_at") WHERE kind = 'stale';--> statement-breakpoint
CREATE INDEX "rejected_bars_open" ON "rejected_bars" USING btree ("rule") WHERE state = 'open';