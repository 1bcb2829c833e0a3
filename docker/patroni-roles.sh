#!/bin/sh
# Run once by Patroni on the first leader, with where it is: two roles, one of
# which owns nothing, and the database.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$HEFBOOM_OWNER_PASSWORD" \
	-v runtime="$HEFBOOM_PASSWORD" -d "$1" <<'END'
create role hefboom_owner login password :'owner';
create role hefboom login password :'runtime';
create database hefboom owner hefboom_owner encoding 'UTF8' template template0;
END
