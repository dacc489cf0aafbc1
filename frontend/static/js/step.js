// The list and the map in step: what is pointed at in one is shown in the other. Nothing moves.

const POINTED = "pointed";

export class Step {
  constructor(list, map) {
    this.list = list;
    this.marks = map.marks;
    const pane = map.element;
    for (const name of ["pointerover", "focusin"]) {
      list.addEventListener(name, ({ target }) => this.point(this.markOf(target.closest(".card"))));
      pane.addEventListener(name, ({ target }) => this.point(...this.cardsOf(target.closest(".mark"))));
    }
    for (const name of ["pointerleave", "focusout"]) {
      list.addEventListener(name, () => this.point());
      pane.addEventListener(name, () => this.point());
    }
  }

  get cards() {
    return [...this.list.querySelectorAll(".card")];
  }

  // The keyboard goes through the marks as through the list; those of its other pages come after.
  keepOrder() {
    this.marks.order(this.cards.map((card) => card.dataset.slug));
  }

  markOf(card) {
    return card?.dataset.lon ? this.marks.holding(card.dataset.slug, placeOf(card)) : null;
  }

  cardsOf(mark) {
    if (!mark) return [];
    return this.cards.filter((card) => card.dataset.lon && this.markOf(card) === mark);
  }

  point(...elements) {
    for (const old of document.querySelectorAll(`.${POINTED}`)) old.classList.remove(POINTED);
    for (const element of elements) element?.classList.add(POINTED);
  }
}

function placeOf({ dataset }) {
  return [Number(dataset.lon), Number(dataset.lat)];
}
