-- The audit as it is read.

create function test.audited(filters jsonb default '{}', reach jsonb default '{"objective_ids": null}', k2 text default null, size int default 500)
returns jsonb language sql as $$
    select coalesce(jsonb_agg(doc::jsonb), '[]')
      from audit_list(null, null, test.now(), null, null, filters, null, k2, size, reach)
$$;

create function test.the_audit_is_filtered_and_newest_first() returns void language plpgsql as $$
declare
    id_  bigint := test.publish_one();
    docs jsonb;
begin
    perform updates_retraction(test.q('editor', jsonb_build_object('id', id_::text)), '{"reason": "wrong"}');
    docs := test.audited(jsonb_build_object('object', 'update', 'object_id', id_::text));
    perform test.is(jsonb_path_query_array(docs, '$[*].action'), '["retract", "publish"]'::jsonb, 'actions');
    perform test.has(docs->0, format('{"key": "editor", "client": "editor", "holder": "Pat", "request_id": "request-1", "plan": "plan-a", "objective": "1.1",
                                       "object": "update", "object_id": "%s", "detail": {"reason": "wrong"}}', id_)::jsonb);
    perform test.is(jsonb_array_length(test.audited('{"actor": "editor", "action": "retract"}')), 1, 'by actor');
    perform test.is(jsonb_array_length(test.audited('{"holder": "nobody"}')), 0, 'by holder');
    perform test.is(jsonb_array_length(test.audited('{"plan": "plan-b"}')), 0, 'by plan');
    perform test.is(jsonb_array_length(test.audited('{"until": "2020-01-01T00:00:00Z"}')), 0, 'by time');
    perform test.is(test.audited('{"since": "2020-01-01T00:00:00Z"}'), test.audited(), 'since');
    perform test.is(test.audited(k2 => docs->0->>'id', size => 1)->0, docs->1, 'the page after');
end $$;

create function test.a_key_of_some_objectives_sees_what_was_done_to_those() returns void language plpgsql as $$
declare
    known bigint := (select id from objective where code = '1.1');
    other bigint := (select id from objective where code = '1.2');
begin
    perform test.publish_one();
    perform test.is(jsonb_path_query_array(test.audited(reach => jsonb_build_object('objective_ids', jsonb_build_array(known))), '$[*].action'),
                    '["publish"]'::jsonb, 'its own');
    perform test.is(test.audited(reach => jsonb_build_object('objective_ids', jsonb_build_array(other))), '[]'::jsonb, 'of others');
end $$;
