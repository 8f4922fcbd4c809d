CREATE TABLE "former_symbols" (
	"symbol" text PRIMARY KEY NOT NULL,
	"asset_id" integer NOT NULL,
	"renamed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "quoted_in" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "retired" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "inactive_because" text;--> statement-breakpoint
ALTER TABLE "former_symbols" ADD CONSTRAINT "former_symbols_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pipeline_run_steps_unknown" ON "pipeline_run_steps" USING btree ("asset_id","started_at") WHERE error_type = 'UnknownSymbol';--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_retired_is_inactive" CHECK (not ("assets"."active" and "assets"."retired"));--> statement-breakpoint
drop trigger refuse_bad_asset on assets;
--> statement-breakpoint
create trigger refuse_bad_asset
  before insert or update of symbol, name, kind, asset_class, provider, provider_symbol, exchange, currency, quoted_in on assets
  for each row execute function refuse_bad_asset();
