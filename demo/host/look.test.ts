import assert from 'node:assert/strict'
import { test } from 'node:test'
import { link, lookOf } from './look.ts'

const look = (query: string) => lookOf(new URLSearchParams(query))

test('an unknown look falls back, and nothing but plain words comes through', () => {
  const { brand, theme, dir, tenant, scenario, act } = look('brand=x&theme=purple&dir=up&tenant=a"b&scenario=<b>&act=new')
  assert.deepEqual({ brand, theme, dir, tenant, scenario, act }, { brand: 'plum', theme: 'auto', dir: 'ltr', tenant: 'acme', scenario: undefined, act: 'new' })
})

test('a seed has a customer of its own unless one is named', () => {
  assert.equal(look('seed=list').tenant, 'seed-list')
  assert.equal(look('seed=list&tenant=north').tenant, 'north')
})

test('links keep the look and the customer, and drop what belongs to one page', () => {
  assert.equal(link(look('brand=rack&theme=dark&dir=rtl&tenant=north&user=grace&scenario=slow&act=check'), '/inbox'), '/inbox?brand=rack&theme=dark&dir=rtl&tenant=north&user=grace')
  assert.equal(link(look(''), '/settings/email', { scenario: 'tls' }), '/settings/email?scenario=tls')
  assert.equal(link(look(''), '/'), '/')
})
