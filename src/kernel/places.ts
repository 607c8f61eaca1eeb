// Where something of a person is kept, by the person's number. Numbers are given one after the other, so an array finds
// it with one look into memory, where a map of many needs several.

export type Places = {
  /** Place + 1; 0 = none. */
  links: Uint32Array
  size: number
}

export const createPlaces = (): Places => ({ links: new Uint32Array(64), size: 0 })

/** -1 when there is none. */
export const placeOf = ({ links }: Places, number: number): number =>
  number < links.length ? (links[number] as number) - 1 : -1

export const setPlace = (places: Places, number: number, place: number): void => {
  if (number >= places.links.length) {
    const larger = new Uint32Array(Math.max(number + 1, places.links.length * 2))
    larger.set(places.links)
    places.links = larger
  }
  if (places.links[number] === 0) places.size++
  places.links[number] = place + 1
}

export const dropPlace = (places: Places, number: number): void => {
  if (placeOf(places, number) < 0) return
  places.links[number] = 0
  places.size--
}
