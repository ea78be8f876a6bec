-- The places of a log in KurrentDB name streams, ids and types: whoever may not read a category does not see them there either.
-- Whoever follows the log adds places of all categories.
ALTER TABLE log_index.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON log_index.events FOR SELECT USING (
  EXISTS (SELECT FROM public.chorus_rights r WHERE r.role = current_user AND r.category = '*')
  OR category = ANY (ARRAY(SELECT r.category FROM public.chorus_rights r WHERE r.role = current_user)));
CREATE POLICY places ON log_index.events FOR INSERT WITH CHECK (true);
