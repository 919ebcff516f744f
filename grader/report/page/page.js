"use strict";
(function () {
  const form = document.querySelector(".filter");
  const checks = [...document.querySelectorAll("details.check")];
  const stages = [...document.querySelectorAll("section.stage")];
  const count = document.getElementById("count");

  function show() {
    const outcomes = new Set([...form.elements.outcome].filter(b => b.checked).map(b => b.value));
    const stage = form.elements.stage.value;
    for (const check of checks) {
      const data = check.dataset;
      check.hidden = !outcomes.has(data.outcome) || (stage !== "" && data.stage !== stage);
    }
    for (const section of stages) {
      section.hidden = !section.querySelector("details.check:not([hidden])");
    }
    const shown = checks.filter(check => !check.hidden).length;
    count.textContent = shown + " of " + checks.length + " checks shown";
  }

  function unfold(open) {
    for (const check of checks) if (!check.hidden) check.open = open;
  }

  function openTarget() {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.matches("details.check")) {
      for (const box of form.elements.outcome) if (box.value === target.dataset.outcome) box.checked = true;
      form.elements.stage.value = "";
      show();
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus({ preventScroll: true });
    }
  }

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")].filter(d => !d.matches(".passed, .blocked, .steps"));
    for (const details of folded) details.open = true;
  });
  window.addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
  window.addEventListener("hashchange", openTarget);
  form.addEventListener("change", show);
  document.getElementById("unfold").addEventListener("click", () => unfold(true));
  document.getElementById("fold").addEventListener("click", () => unfold(false));
  show();
  openTarget();
})();
