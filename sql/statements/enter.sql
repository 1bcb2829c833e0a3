select enter(:auth.org, :auth.person, :arg.lane_ms::int4, :arg.plan) as as_of
