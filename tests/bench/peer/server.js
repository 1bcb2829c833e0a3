// The peer: the same two reads as an experienced Node team would write them.
//
// Fastify with response schemas (so that fast-json-stringify serialises),
// fast-jwt with its cache, pg with named prepared statements, a pool a
// process, one process a core by cluster.  The same database, the same role
// and policies, the same transaction: begin, enter, the statement, commit.
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { createVerifier } from 'fast-jwt'
import Fastify from 'fastify'
import pg from 'pg'

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'))

if (cluster.isPrimary) {
  for (let i = 0; i < settings.workers; i++) cluster.fork()
} else {
  const verify = createVerifier({
    key: Buffer.from(settings.secret, 'hex'),
    algorithms: ['HS256'],
    allowedIss: 'hefboom',
    allowedAud: 'hefboom',
    cache: 10000
  })
  const pool = new pg.Pool({
    connectionString: settings.database_url,
    max: settings.connections,
    options: '-c timezone=UTC'
  })
  // Rows are passed on as text, as far as JSON allows it.
  for (const oid of [1184, 1082]) pg.types.setTypeParser(oid, (text) => text)

  const callers = new Map()
  async function caller (token) {
    const claims = verify(token)
    const key = `${claims.org} ${claims.sub}`
    let found = callers.get(key)
    if (!found || found.until < Date.now()) {
      const { rows } = await pool.query({
        name: 'find_caller',
        text: 'select org_id, person_id from find_caller($1, $2, $3)',
        values: [claims.iss, claims.org, claims.sub]
      })
      found = { ...rows[0], roles: claims.roles, until: Date.now() + 60000 }
      callers.set(key, found)
    }
    return found
  }

  async function transaction (who, query) {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query({
        name: 'enter',
        text: settings.enter,
        values: [who.org_id, who.person_id, '2000', 'force_generic_plan']
      })
      const { rows } = await client.query(query)
      await client.query('commit')
      return rows
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  const app = Fastify({ logger: false })
  app.decorateRequest('who', null)
  app.addHook('onRequest', async (request, reply) => {
    const header = request.headers.authorization
    if (!header?.startsWith('Bearer ')) return reply.code(401).send()
    try {
      request.who = await caller(header.slice(7))
    } catch {
      return reply.code(401).send()
    }
  })

  const uuid = { type: 'string', format: 'uuid' }
  for (const operation of settings.operations) {
    app.get(operation.route, {
      schema: {
        params: {
          type: 'object', properties: { skill_id: uuid }, required: ['skill_id']
        },
        querystring: {
          type: 'object',
          properties: {
            limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 }
          }
        },
        response: { 200: operation.schema }
      }
    }, async (request, reply) => {
      const { who } = request
      const sources = {
        'auth.org': who.org_id,
        'auth.person': who.person_id,
        'auth.roles': who.roles,
        'auth.language': 'en',
        'path.skill_id': request.params.skill_id,
        limit: request.query.limit + 1
      }
      const rows = await transaction(who, {
        name: operation.name,
        text: operation.text,
        values: operation.arguments.map((name) => sources[name] ?? null)
      })
      if (!operation.list) {
        if (rows.length === 0) return reply.code(404).send()
        reply.header('etag', `"${rows[0].version}"`)
        return rows[0]
      }
      const more = rows.length > request.query.limit
      return {
        items: more ? rows.slice(0, request.query.limit) : rows,
        next: more ? rows[request.query.limit - 1].id : null,
        as_of: new Date().toISOString()
      }
    })
  }
  await app.listen({ host: '127.0.0.1', port: settings.port })
}
