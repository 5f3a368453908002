import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { findNearestDesk } from '../../src/service-points/pick-up.js'
import { kilometresBetween, type ServicePoint } from '../../src/service-points/service-point.js'

const [arabia, karamalmi, myllypuro, myyrmaki] = metropolia.servicePoints.filter(point => point.kind === 'porter') as [ServicePoint, ServicePoint, ServicePoint, ServicePoint]
const open = (desk: ServicePoint, openingDays = 5) => ({ desk, openingDays })
const placeless = (desk: ServicePoint) => ({ ...desk, location: null })
const nearest = (from: ServicePoint, desks: Parameters<typeof findNearestDesk>[1]) => findNearestDesk(from.location, desks)?.desk.campus

t.test('measures great-circle distances', async t => {
  const km = (a: [number, number], b: [number, number]) => Math.round(kilometresBetween({ latitude: a[0], longitude: a[1] }, { latitude: b[0], longitude: b[1] }))
  t.equal(km([60, 25], [61, 25]), 111, 'a degree north')
  t.equal(km([60, 25], [60, 26]), 56, 'a degree east is half as long at 60° latitude')
  t.equal(km([60.17, 24.94], [61.5, 23.76]), 161, 'Helsinki to Tampere')
  t.equal(km([60, 179.9], [60, -179.9]), 11, 'across the date line')
  t.equal(km([0, 0], [0, 180]), 20_015, 'to the antipode')
  t.equal(kilometresBetween(arabia.location!, arabia.location!), 0)
})

t.test('finds the nearest other campus', async t => {
  const all = [arabia, karamalmi, myllypuro, myyrmaki]
  const from = (desk: ServicePoint) => nearest(desk, all.filter(other => other !== desk).map(other => open(other)))
  t.strictSame(all.map(from), ['Myllypuro', 'Myyrmäki', 'Arabia', 'Karamalmi'])
})

t.test('prefers the nearest to one that opens more often', async t => {
  t.equal(nearest(arabia, [open(karamalmi, 11), open(myllypuro, 2)]), 'Myllypuro')
})

t.test('prefers the most opening days when distances are unknown', async t => {
  const desks = [open(placeless(karamalmi), 5), open(placeless(myyrmaki), 9), open(placeless(myllypuro), 5)]
  const found = (...given: Parameters<typeof findNearestDesk>) => {
    const { desk, isNearest } = findNearestDesk(...given)!
    return [desk.campus, isNearest]
  }
  t.strictSame(found(arabia.location, desks), ['Myyrmäki', false])
  t.strictSame(found(undefined, [open(karamalmi, 5), open(myyrmaki, 9)]), ['Myyrmäki', false])
  t.strictSame(found(arabia.location, [...desks, open(karamalmi, 2)]), ['Karamalmi', true], 'a known location is preferred to an unknown one')
})

t.test('breaks ties by opening days, then by id', async t => {
  const twin = { ...myllypuro, id: 'porter-myllypuro-2' }
  t.equal(findNearestDesk(arabia.location, [open(myllypuro, 4), open(twin, 5)])?.desk.id, 'porter-myllypuro-2')
  t.equal(findNearestDesk(arabia.location, [open(twin), open(myllypuro)])?.desk.id, 'porter-myllypuro')
  t.equal(findNearestDesk(arabia.location, [open(myllypuro), open(twin)])?.desk.id, 'porter-myllypuro')
  t.equal(findNearestDesk(arabia.location, []), undefined)
})
