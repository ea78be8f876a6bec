#!/bin/sh
# Run once by the postgres image, when its data folder is new: the owner of the tables, and the services' role, which owns
# nothing. Passwords come from files.
set -eu
owner_password=$(cat /run/secrets/database_owner_password)
app_password=$(cat /run/secrets/database_password)
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=owner_password="$owner_password" --set=app_password="$app_password" <<'SQL'
CREATE ROLE chorus_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE chorus_app LOGIN PASSWORD :'app_password';
ALTER DATABASE chorus OWNER TO chorus_owner;
REVOKE ALL ON DATABASE chorus FROM PUBLIC;
GRANT CONNECT ON DATABASE chorus TO chorus_app;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO chorus_owner;
SQL
