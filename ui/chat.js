// Runs once, when the story panel has loaded: `element` is the panel, `watch` tells of new values.
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const article = () => element.querySelector(".story");
let story = article()?.dataset.story;

// Scrolls within the panel only, so that the page and the question box stay where they are.
function scrollTo(top) {
  article().scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
}

function show(mark) {
  const panel = article();
  const offset = mark.getBoundingClientRect().top - panel.getBoundingClientRect().top;
  scrollTo(panel.scrollTop + offset - panel.clientHeight / 4);
}

function cited(number) {
  return [...element.querySelectorAll(`mark[data-numbers~="${CSS.escape(number)}"]`)];
}

watch("value", () => {
  requestAnimationFrame(() => {
    const panel = article();
    if (!panel) return;
    const mark = panel.querySelector("mark.current");
    if (mark) show(mark);
    else if (panel.dataset.story !== story) panel.scrollTo({ top: 0 });
    story = panel.dataset.story;
  });
});

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea"); // plain http from another machine
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const citation = target?.closest("[data-cite]");
  if (citation) {
    const marks = cited(citation.dataset.cite);
    for (const old of element.querySelectorAll("mark.chosen")) old.classList.remove("chosen");
    for (const mark of marks) mark.classList.add("chosen");
    if (marks.length) {
      if (window.innerWidth < 900) article().scrollIntoView({ block: "nearest" });
      show(marks[0]);
    }
  }
  const copier = target?.closest("[data-copy]");
  if (copier) {
    await copy(copier.dataset.copy);
    copier.textContent = "Copied";
    setTimeout(() => (copier.textContent = "Copy"), 1500);
  }
});
