// The peer: the same two reads, and sign-up, as an experienced Node team would
// write them.
//
// Fastify with response schemas (so that fast-json-stringify serialises),
// fast-jwt with its cache, pg with named prepared statements, a pool a
// process, one process a core by cluster.  The same database, the same role
// and policies, the same transaction: begin, enter, the statements, commit.
import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
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

  function newId () {
    const bytes = randomBytes(16)
    bytes.writeUIntBE(Date.now(), 0, 6)
    bytes[6] = 0x70 | (bytes[6] & 0x0f)
    bytes[8] = 0x80 | (bytes[8] & 0x3f)
    return bytes.toString('hex').replace(
      /(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  async function transaction (who, lane, queries) {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query({
        name: 'enter',
        text: settings.enter,
        values: [who.org_id, who.person_id, lane, 'force_generic_plan']
      })
      let rows
      for (const query of queries) ({ rows } = await client.query(query))
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
    const names = [...operation.route.matchAll(/:(\w+)/g)].map((m) => m[1])
    app.route({
      method: operation.method,
      url: operation.route,
      schema: {
        params: {
          type: 'object',
          properties: Object.fromEntries(names.map((name) => [name, uuid])),
          required: names
        },
        querystring: {
          type: 'object',
          properties: {
            limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 }
          }
        },
        response: { [operation.status]: operation.schema }
      },
      handler: (request, reply) => answer(operation, request, reply)
    })
  }

  async function answer (operation, request, reply) {
    const { who } = request
    const sources = {
      'auth.org': who.org_id,
      'auth.person': who.person_id,
      'auth.roles': who.roles,
      'auth.language': 'en',
      'new.id': newId(),
      limit: request.query.limit + 1
    }
    for (const [name, value] of Object.entries(request.params)) {
      sources[`path.${name}`] = value
    }
    const lane = operation.method === 'GET' ? '2000' : '5000'
    const rows = await transaction(who, lane, operation.statements.map(
      (statement) => ({
        name: statement.name,
        text: statement.text,
        values: statement.arguments.map((name) => sources[name] ?? null)
      })))
    if (!operation.list) {
      if (rows.length === 0) return reply.code(404).send()
      reply.header('etag', `"${rows[0].version}"`)
      return reply.code(operation.status).send(rows[0])
    }
    const more = rows.length > request.query.limit
    return {
      items: more ? rows.slice(0, request.query.limit) : rows,
      next: more ? rows[request.query.limit - 1].id : null,
      as_of: new Date().toISOString()
    }
  }

  await app.listen({ host: '127.0.0.1', port: settings.port })
}
