// How long single answers take on a machine that does other things too. Each question is asked three times: the first time
// by the clock tells what somebody waits here and now, pauses of the runtime and of the machine included; the least of
// the three tells what the answer itself takes. The clock of a thread is no help: many systems move it in steps of 4 ms.

const ASKED = 3

export type AnswerTimes = {
  /** ms at a share of all answers, 0 to 1; by the clock when first asked. */
  readonly clock: (share: number) => number
  /** ms at a share of all answers; the least of three. */
  readonly least: (share: number) => number
}

/** Times of `count` questions after a tenth as many that warm up. `answer` must give the same for the same number. */
export const answerTimes = (count: number, answer: (question: number) => void): AnswerTimes => {
  const [first, least] = [new Float64Array(count), new Float64Array(count)]
  for (let k = 0; k < count / 10; k++) answer(k)
  for (let k = 0; k < count; k++) {
    let best = Infinity
    for (let time = 0; time < ASKED; time++) {
      const started = performance.now()
      answer(k)
      const took = performance.now() - started
      if (time === 0) first[k] = took
      best = Math.min(best, took)
    }
    least[k] = best
  }
  const at =
    (times: Float64Array) =>
    (share: number): number =>
      times[Math.min(count - 1, Math.floor(count * share))] ?? 0
  return { clock: at(first.toSorted()), least: at(least.toSorted()) }
}

/** `p50 / p99 / p99.9`, ms. */
export const showTimes = (at: (share: number) => number): string =>
  [0.5, 0.99, 0.999].map((share) => at(share).toFixed(3)).join(' / ')
