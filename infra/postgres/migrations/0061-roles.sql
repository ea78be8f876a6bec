-- contract: read models are made anew by the service that owns each; the earlier version's processes cannot use them meanwhile
-- One role for each service, named <database>_<service>. What each may do is declared in libs/contracts/src/access.ts and
-- libs/platform/src/role-rights.ts; `chorus migrate` writes it here and grants it, every time. Until it has, the role of
-- DATABASE_URL has all of it, as before.
CREATE TABLE public.chorus_rights (
  role     text    COLLATE "C" NOT NULL,
  -- a stream category; '*': all of them
  category text    COLLATE "C" NOT NULL,
  appends  boolean NOT NULL,
  PRIMARY KEY (role, category)
);
INSERT INTO public.chorus_rights (role, category, appends)
SELECT rolname, '*', true FROM pg_roles WHERE oid = to_regrole($role${{app}}$role$);
GRANT SELECT ON public.chorus_rights TO {{app}};

-- The sub-selects are worked once for each statement, not for each row.
ALTER TABLE log.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON log.events FOR SELECT USING (
  EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*')
  OR category = ANY (ARRAY(SELECT r.category FROM public.chorus_rights r WHERE r.role = current_user)));
CREATE POLICY appends ON log.events FOR INSERT WITH CHECK (
  category = ANY (ARRAY(SELECT r.category FROM public.chorus_rights r WHERE r.role = current_user AND r.appends))
  OR EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*' AND r.appends));

-- Consumers, followers and what they keep are named <service>.<what>, or <use>:<service>.<what>.
CREATE FUNCTION public.chorus_own(name text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT current_user = current_database() || '_' || split_part(regexp_replace(name, '^[a-z-]+:', ''), '.', 1)
    OR EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*' AND r.appends)
$$;

ALTER TABLE bus.consumers ENABLE ROW LEVEL SECURITY;
ALTER TABLE bus.positions ENABLE ROW LEVEL SECURITY;
ALTER TABLE bus.parked ENABLE ROW LEVEL SECURITY;
ALTER TABLE bus.leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE bus.published ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON bus.consumers USING (public.chorus_own(name));
CREATE POLICY own ON bus.positions USING (public.chorus_own(consumer));
CREATE POLICY own ON bus.parked USING (public.chorus_own(consumer));
CREATE POLICY own ON bus.leases USING (public.chorus_own(name));
CREATE POLICY own ON bus.published USING (public.chorus_own(name));
-- Who may read the whole log may see where the consumers stand in it. That it may bring work back is a grant on the table.
CREATE POLICY seen ON bus.consumers FOR SELECT USING (EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*'));
CREATE POLICY seen ON bus.positions FOR SELECT USING (EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*'));
CREATE POLICY seen ON bus.parked FOR SELECT USING (EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*'));
CREATE POLICY seen ON bus.leases FOR SELECT USING (EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*'));
CREATE POLICY retried ON bus.parked FOR UPDATE USING (EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*'));

-- Read models belonged to one role for all; each service makes its own anew, and reactions start again, which their command
-- ids make harmless.
DO $$
DECLARE model text;
BEGIN
  FOR model IN SELECT tablename FROM pg_tables WHERE schemaname = 'read' AND tablename <> 'checkpoints' LOOP
    EXECUTE format('DROP TABLE read.%I', model);
  END LOOP;
END
$$;
DELETE FROM read.checkpoints WHERE name NOT LIKE 'bus:%';
ALTER TABLE read.checkpoints ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON read.checkpoints USING (public.chorus_own(name));
CREATE POLICY seen ON read.checkpoints FOR SELECT USING (EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*'));
