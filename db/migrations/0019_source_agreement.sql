CREATE TABLE "source_agreement" (
	"asset_id" integer NOT NULL,
	"source_id" integer NOT NULL,
	"other_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"session" date NOT NULL,
	"bars" integer NOT NULL,
	"only_source" integer NOT NULL,
	"only_other" integer NOT NULL,
	"beyond_tick" integer NOT NULL,
	"beyond_10bp" integer NOT NULL,
	"tick" double precision,
	"prices" jsonb,
	"volume_ratio" double precision,
	"return_correlation" double precision,
	"finding" text,
	"finding_from" timestamp with time zone,
	"finding_to" timestamp with time zone,
	"finding_bars" integer,
	"evidence" jsonb,
	"as_of" "pg_snapshot" NOT NULL,
	"compared_at" timestamp with time zone NOT NULL,
	CONSTRAINT "source_agreement_source_id_other_id_timeframe_session_pk" PRIMARY KEY("source_id","other_id","timeframe","session")
);
--> statement-breakpoint
CREATE INDEX "source_agreement_asset" ON "source_agreement" USING btree ("asset_id","session");--> statement-breakpoint
CREATE INDEX "source_agreement_findings" ON "source_agreement" USING btree ("session") WHERE finding is not null;