CREATE TABLE "requests_under_way" (
	"subject" text PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL
);
