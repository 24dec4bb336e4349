// The style and the script of the page of policies_page.hpp: they hold no data.
#pragma once

#include <string_view>

namespace handshim::tool {

/// The colours of each theme; every text on its ground has the contrast of WCAG's level AA.
inline constexpr std::string_view page_light = R"(color-scheme:light;
--ground:#f8f8f6;--sheet:#fff;--head:#eff0ee;--text:#1d2126;--muted:#59616b;--line:#dcdfe3;--edge:#8a929c;
--accent:#0b5cad;--changed:#fff0c9;--on-changed:#573a00;)";

inline constexpr std::string_view page_dark = R"(color-scheme:dark;
--ground:#14171b;--sheet:#1a1e24;--head:#242932;--text:#e6e8eb;--muted:#a6aeb8;--line:#333a44;--edge:#77818d;
--accent:#82bbff;--changed:#40330f;--on-changed:#ffe09a;)";

inline constexpr std::string_view page_style = R"(
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
code,.tree b,#matrix td,#matrix tbody th summary{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
header,main,footer{max-width:110rem;margin:0 auto;padding:0 clamp(1rem,3vw,2.5rem)}
header{padding-top:1.75rem;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:center;justify-content:space-between}
h1{font-size:clamp(1.3rem,4vw,1.6rem);line-height:1.2;margin:0;flex:1}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
p{max-width:46rem;margin:.5rem 0}
header p{flex-basis:100%;max-width:none}
footer{padding-bottom:3rem;color:var(--muted)}
.muted,small{color:var(--muted)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0;padding:0}
nav a{display:inline-block;padding:.35rem 0}
a{color:var(--accent);text-underline-offset:.2em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button,select,input[type=search]{font:inherit;color:inherit;background:var(--sheet);border:1px solid var(--edge);
border-radius:.4rem;min-height:2.5rem;padding:.25rem .7rem;max-width:100%}
button{cursor:pointer}
button[aria-pressed=true]{background:var(--head)}
code{font-size:.88em}
.tree,.tree ul{list-style:none;margin:0;padding:0}
.tree ul{margin-left:.5rem;padding-left:1rem;border-left:1px solid var(--line)}
.tree li{padding:.1rem 0}
.tree b{font-size:.88rem;font-weight:600}
.tree>li>ul{column-gap:2.5rem}
.tree>li>ul>li{break-inside:avoid}
@media(min-width:62rem){.tree>li>ul{columns:2}}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.25rem;margin:.75rem 0}
dt{font-weight:600}dd{margin:0}
@media(max-width:40rem){dl{display:block}dd{margin:0 0 .6rem}}
form{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin:1rem 0 .5rem}
.field{display:grid;gap:.15rem;font-size:.875rem}
.field span{color:var(--muted)}
.field.wide{flex:1 1 14rem;max-width:24rem}
.check{display:flex;gap:.5rem;align-items:center;min-height:2.5rem;font-size:.9rem}
.check input{width:1.1rem;height:1.1rem;accent-color:var(--accent);margin:0}
output{display:block;font-size:.875rem;color:var(--muted);min-height:1.5em}
.scroll{overflow:auto;max-height:85vh;border:1px solid var(--line);border-radius:.5rem;background:var(--sheet);
margin-top:.25rem;overscroll-behavior-x:contain}
table{border-collapse:separate;border-spacing:0;font-size:.8125rem;line-height:1.4}
#matrix th,#matrix td{text-align:left;vertical-align:top;padding:.4rem .65rem;border-bottom:1px solid var(--line)}
#matrix thead th{position:sticky;top:0;z-index:2;background:var(--head);white-space:nowrap;vertical-align:bottom}
#matrix thead small{display:block;font-weight:400;font-size:.75rem}
#matrix tr>:first-child{position:sticky;left:0;z-index:1;border-right:1px solid var(--edge)}
#matrix thead tr>:first-child{z-index:3}
#matrix tbody th{background:var(--sheet);font-weight:400;width:19rem;min-width:19rem;max-width:19rem}
#matrix tbody th[scope=rowgroup]{background:var(--head);max-width:none;border-right:0;font-size:.875rem}
#matrix tbody th[scope=rowgroup] span{position:sticky;left:.65rem;display:inline-block;max-width:min(80vw,60rem)}
#matrix td{min-width:11rem;color:var(--muted)}
#matrix .first{border-left:1px solid var(--edge);color:var(--text)}
#matrix td small{display:block;font-family:system-ui,-apple-system,"Segoe UI",sans-serif}
#matrix td.kind,#matrix td.loop .own{background:var(--changed);color:var(--on-changed)}
#matrix td.kind b{font-weight:600}
#matrix td.kind small{color:inherit}
#matrix.without-loop .own{display:none}
summary{cursor:pointer;overflow-wrap:anywhere}
details p{margin:.35rem 0}
.d1{padding-left:.9rem}.d2{padding-left:1.8rem}.d3{padding-left:2.7rem}
.key{background:var(--changed);color:var(--on-changed);padding:.05rem .4rem;border-radius:.25rem}
@media(max-width:40rem){#matrix tbody th{width:10.25rem;min-width:10.25rem;max-width:10.25rem}
#matrix th,#matrix td{padding:.35rem .5rem}.d1{padding-left:.4rem}.d2{padding-left:.8rem}.d3{padding-left:1.2rem}
.field,.field.wide{flex:1 1 9rem;max-width:none}.field.wide{flex-basis:100%}}
@media print{.scroll{max-height:none;overflow:visible}form,button{display:none}}
)";

/// Filters the matrix, and keeps what is chosen in the address behind the #, so that it can be passed on.
inline constexpr std::string_view page_script = R"(
(() => {
  'use strict';
  const table = document.getElementById('matrix'), form = document.getElementById('filters');
  const told = document.getElementById('told'), dark = document.getElementById('dark');
  const root = document.documentElement, chosen = form.elements;
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const groups = [...table.tBodies].map(body => ({
    title: body.rows[0],
    rows: [...body.rows].slice(1).map(row => ({row, cells: [...row.cells]})),
  }));
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);

  // Chosen alone, a release shows for each family what holds in it. A link names the version; its place among the
  // options is what the columns count.
  const place = () => chosen.release.selectedIndex - 1;
  const holds = head => place() < 0 || +head.dataset.from <= place() && place() < +head.dataset.until;
  const begins = head => place() < 0 || +head.dataset.from === place();
  const changed = cell => cell.classList.contains('kind') || chosen.loop.checked && cell.classList.contains('loop');

  function apply() {
    const words = chosen.fault.value.trim().toLowerCase();
    const columns = heads.map(head => (chosen.family.value === '' || head.dataset.family === chosen.family.value) && holds(head));
    const fits = cells => cells.some((cell, i) => (i === 0 || columns[i - 1]) && cell.textContent.toLowerCase().includes(words));
    const differs = cells => cells.some((cell, i) => i > 0 && columns[i - 1] && begins(heads[i - 1]) && changed(cell));
    const count = columns.filter(Boolean).length;
    let shown = 0;
    table.classList.toggle('without-loop', !chosen.loop.checked);
    heads.forEach((head, i) => { head.hidden = !columns[i]; });
    for (const group of groups) {
      let here = 0;
      for (const {row, cells} of group.rows) {
        cells.forEach((cell, i) => { if (i > 0) cell.hidden = !columns[i - 1]; });
        row.hidden = !fits(cells) || chosen.changes.checked && !differs(cells);
        if (!row.hidden) ++here;
      }
      group.title.hidden = here === 0;
      group.title.cells[0].colSpan = count + 1;
      shown += here;
    }
    told.value = shown === 0 || count === 0 ? 'Nothing fits all of these filters.'
      : `${shown} of ${total} rows, ${count} of ${heads.length} policies`;
  }

  function keep() {
    const state = new URLSearchParams();
    for (const name of ['family', 'release', 'fault']) if (chosen[name].value) state.set(name, chosen[name].value);
    for (const name of ['changes', 'loop']) if (chosen[name].checked) state.set(name, '1');
    if (root.dataset.theme) state.set('theme', root.dataset.theme);
    try { history.replaceState(null, '', '#' + state); } catch { /* the page works without it */ }
  }

  function recall() {
    if (!location.hash.includes('=')) return;
    const state = new URLSearchParams(location.hash.slice(1));
    for (const name of ['family', 'release', 'fault']) chosen[name].value = state.get(name) || '';
    for (const name of ['changes', 'loop']) chosen[name].checked = state.has(name);
    for (const name of ['family', 'release']) if (chosen[name].selectedIndex < 0) chosen[name].selectedIndex = 0;
    if (['light', 'dark'].includes(state.get('theme'))) root.dataset.theme = state.get('theme');
  }

  const system = matchMedia('(prefers-color-scheme: dark)');
  const is_dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  const tell_theme = () => dark.setAttribute('aria-pressed', is_dark());
  dark.addEventListener('click', () => { root.dataset.theme = is_dark() ? 'light' : 'dark'; tell_theme(); keep(); });
  system.addEventListener('change', tell_theme);
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', () => { apply(); keep(); });
  form.addEventListener('reset', () => setTimeout(() => { apply(); keep(); }));
  addEventListener('hashchange', () => { recall(); tell_theme(); apply(); });
  recall();
  tell_theme();
  apply();
  form.hidden = dark.hidden = false;
})();
)";

}  // namespace handshim::tool
