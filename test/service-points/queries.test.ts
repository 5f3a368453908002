import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { loadServicePoints } from '../../src/service-points/load-service-points.js'
import { findServicePoint, listServicePoints, listStaffServicePoints } from '../../src/service-points/queries.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { pick } from '../helpers/projections.js'

t.test('starts with the profile’s service points', async t => {
  const { db } = await openTestDatabase(t)
  t.equal((await listServicePoints(db)).length, metropolia.servicePoints.length)
  t.strictSame((await listServicePoints(db, { kind: 'porter' })).map(({ id }) => id),
    ['porter-arabia', 'porter-karamalmi', 'porter-myllypuro', 'porter-myyrmaki'])
  t.strictSame((await listServicePoints(db)).find(({ id }) => id === 'porter-arabia'), metropolia.servicePoints.find(({ id }) => id === 'porter-arabia'))
})

t.test('adds missing service points on reload and keeps edits', async t => {
  const { db } = await openTestDatabase(t)
  await db.updateTable('service_points').set({ campus: 'Arabianranta' }).where('id', '=', 'porter-arabia').execute()
  await db.deleteFrom('service_points').where('id', '=', 'porter-myyrmaki').execute()
  t.equal(await loadServicePoints(db, metropolia, testStart), 1)
  t.strictSame((await listServicePoints(db, { kind: 'porter' })).map(({ campus }) => campus), ['Arabianranta', 'Karamalmi', 'Myllypuro', 'Myyrmäki'])
  t.equal(await loadServicePoints(db, metropolia, testStart), 0)
})

t.test('adds the location of an older service point and keeps its hours', async t => {
  const { db } = await openTestDatabase(t)
  const hours = { week: Array(7).fill(null), seasons: [], exceptions: {} }
  await db.updateTable('service_points').set({ location: null }).execute()
  await db.updateTable('service_points').set({ hours: JSON.stringify(hours) }).where('id', '=', 'porter-arabia').execute()
  await db.updateTable('service_points').set({ location: '{"latitude":1,"longitude":2}' }).where('id', '=', 'porter-karamalmi').execute()
  await loadServicePoints(db, metropolia, testStart)
  t.strictSame(pick(await findServicePoint(db, 'porter-arabia'), 'location', 'hours'), { location: { latitude: 60.21, longitude: 24.98 }, hours })
  t.strictSame((await findServicePoint(db, 'porter-karamalmi'))?.location, { latitude: 1, longitude: 2 }, 'a known location is not changed')
})

t.test('lists exactly the service points assigned to staff', async t => {
  const { db } = await openTestDatabase(t)
  const { id } = await db.insertInto('staff')
    .values({ login: 'aino', name: 'Aino Aalto', password_hash: 'x', roles: ['agent'], created_at: testStart })
    .returning('id').executeTakeFirstOrThrow()
  t.strictSame(await listStaffServicePoints(db, id), [])
  await db.insertInto('staff_service_points').values([
    { staff_id: id, service_point_id: 'helpdesk-myllypuro' }, { staff_id: id, service_point_id: 'helpdesk-karamalmi' },
  ]).execute()
  t.strictSame((await listStaffServicePoints(db, id)).map(point => point.id), ['helpdesk-karamalmi', 'helpdesk-myllypuro'])
})
