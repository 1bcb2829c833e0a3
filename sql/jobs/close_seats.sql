select close_seats(:auth.org, :arg.object_id::uuid)
