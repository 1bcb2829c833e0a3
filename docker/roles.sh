#!/bin/sh
# Run once by the database's image: the role that owns nothing.
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
	-v password="$DATABASE_PASSWORD" <<'END'
create role hefboom login password :'password';
END
