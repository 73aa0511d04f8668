// Loaded into `mail-gateway serve` beside the product: says over the channel to its parent how much memory it takes, after a collection.
process.on('message', (question: { readonly id: number }) => {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ id: question.id, rss, kept: heapUsed + external })
})
process.channel?.unref()
