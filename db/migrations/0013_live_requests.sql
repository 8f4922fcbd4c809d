CREATE TABLE "live_requests" (
	"asset_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	CONSTRAINT "live_requests_asset_id_timeframe_pk" PRIMARY KEY("asset_id","timeframe")
);
--> statement-breakpoint
ALTER TABLE "live_requests" ADD CONSTRAINT "live_requests_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE cascade ON UPDATE no action;