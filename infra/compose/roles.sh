#!/bin/sh
# Run once by the postgres image, when its data folder is new: the owner of the tables, and a role for each service, which owns
# nothing and may do what `chorus migrate` grants it. Passwords come from the files that hold the addresses.
set -eu
password_of() { sed 's|^[a-z]*://[^:]*:\([^@]*\)@.*$|\1|' "/run/secrets/$1"; }
{
  echo "CREATE ROLE chorus_owner LOGIN PASSWORD '$(password_of database_owner_url)';"
  for service in intake relay deterrence services finance evaluation operations; do
    echo "CREATE ROLE chorus_$service LOGIN PASSWORD '$(password_of "database_url_$service")';"
  done
  cat <<'SQL'
-- reads the audit log; operations takes it on for that
CREATE ROLE chorus_audit NOLOGIN;
GRANT chorus_audit TO chorus_operations WITH INHERIT FALSE, SET TRUE;
ALTER DATABASE chorus OWNER TO chorus_owner;
REVOKE ALL ON DATABASE chorus FROM PUBLIC;
GRANT CONNECT ON DATABASE chorus TO chorus_intake, chorus_relay, chorus_deterrence, chorus_services, chorus_finance, chorus_evaluation, chorus_operations;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO chorus_owner;
SQL
} | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB"
