-- Whose wrapped keys a service's role may see: those of the contexts that it seals or opens. Declared in
-- libs/platform/src/role-rights.ts; `chorus migrate` writes it here, every time. Until it has, each role keeps what it had.
CREATE TABLE public.chorus_contexts (
  role    text COLLATE "C" NOT NULL,
  -- '*': all of them
  context text COLLATE "C" NOT NULL,
  PRIMARY KEY (role, context)
);
INSERT INTO public.chorus_contexts (role, context) SELECT DISTINCT role, '*' FROM public.chorus_rights;
GRANT SELECT ON public.chorus_contexts TO {{app}};

ALTER TABLE vault.data_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON vault.data_keys USING (
  EXISTS (SELECT FROM public.chorus_contexts c WHERE c.role = current_user AND c.context = '*')
  OR context = ANY (ARRAY(SELECT c.context FROM public.chorus_contexts c WHERE c.role = current_user)));
