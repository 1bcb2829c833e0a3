select expire_seat(:auth.org, :arg.object_id::uuid, 'offered')
