CREATE TABLE "closures" (
	"exchange" text NOT NULL,
	"date" date NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "closures_exchange_date_pk" PRIMARY KEY("exchange","date"),
	CONSTRAINT "closures_reason" CHECK ("closures"."reason" <> '')
);
