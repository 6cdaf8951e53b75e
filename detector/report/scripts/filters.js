// Which events are shown: by kind, place in the night, confidence, and by what the reviewer said.
function filters() {
  const bar = document.querySelector(".event-tools");
  if (!bar) return null;
  const selects = [...bar.querySelectorAll("select")];
  const cards = [...document.querySelectorAll("article.event")];
  const fits = (card) => selects.every((s) => !s.value || card.dataset[s.name] === s.value);
  const apply = () => {
    for (const card of cards) card.hidden = !fits(card);
    for (const folded of document.querySelectorAll("details.near")) {
      if (selects.some((s) => s.value)) folded.open = true;
    }
    const shown = cards.filter((card) => !card.hidden).length;
    bar.querySelector(".shown").textContent = `${shown} of ${cards.length} shown`;
  };
  for (const select of selects) select.addEventListener("change", apply);
  apply();
  return { cards, apply, shown: () => cards.filter((card) => !card.hidden) };
}
