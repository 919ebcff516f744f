"""How pictures look: one style sheet, light and dark, that every picture carries with it.

A picture follows the system's choice of light or dark. In a page it also follows the page's own:
JupyterLab marks its <body>, and other pages may mark their <html> with data-theme. Each picture
brings its background along, so that it can be read wherever it is put.
"""

from __future__ import annotations

LIGHT = (
    "--ink:#1f2328;--paper:#ffffff;--soft:#57606a;--line:#8c959f;--faint:#f3f5f7;"
    "--field:#cfe2ff;--field-ink:#0a3d91;--good:#d5f2dc;--good-ink:#116329;"
    "--bad:#ffe1dd;--bad-ink:#b3201b"
)
DARK = (
    "--ink:#e6edf3;--paper:#161b22;--soft:#a3adb8;--line:#6e7781;--faint:#22282f;"
    "--field:#173a6b;--field-ink:#a5ccff;--good:#143d22;--good-ink:#6bdd85;"
    "--bad:#50201d;--bad-ink:#ff938a"
)
MONOSPACE = (
    "ui-monospace,'Cascadia Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono',"
    "monospace"
)
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"

SHEET = (
    f".pnl{{{LIGHT};color-scheme:light dark;max-width:100%;height:auto}}"
    f"@media(prefers-color-scheme:dark){{.pnl{{{DARK}}}}}"
    f'body[data-jp-theme-light="true"] .pnl,:root[data-theme="light"] .pnl{{{LIGHT}}}'
    f'body[data-jp-theme-light="false"] .pnl,:root[data-theme="dark"] .pnl{{{DARK}}}'
    f".pnl text{{font:13px {SANS};fill:var(--ink);white-space:pre}}"
    f".pnl .bytes{{font:13px {MONOSPACE}}}"
    f".pnl .small{{font:11px {SANS};fill:var(--soft)}}"
    f".pnl .tiny{{font:9.5px {MONOSPACE};fill:var(--soft)}}"
    ".pnl .strong{font-weight:600}"
    ".pnl .good-ink{fill:var(--good-ink)}.pnl .bad-ink{fill:var(--bad-ink)}"
    ".pnl .field-ink{fill:var(--field-ink)}"
    ".pnl .paper{fill:var(--paper);stroke:var(--line)}"
    ".pnl .box{fill:var(--paper);stroke:var(--line)}"
    ".pnl .faint{fill:var(--faint);stroke:var(--line)}"
    ".pnl .field{fill:var(--field);stroke:var(--field-ink)}"
    ".pnl .good{fill:var(--good);stroke:var(--good-ink)}"
    ".pnl .bad{fill:var(--bad);stroke:var(--bad-ink)}"
    ".pnl .none{fill:none;stroke:none}"
    ".pnl .dashed{stroke-dasharray:4 3}"
    ".pnl .rule{fill:none;stroke:var(--line)}"
    ".pnl .firm{fill:none;stroke:var(--ink);stroke-width:1.5}"
    ".pnl .wrong{fill:none;stroke:var(--bad-ink);stroke-width:2}"
    ".pnl .wrong-thin{fill:none;stroke:var(--bad-ink);stroke-width:1.2}"
    ".pnl .right{fill:none;stroke:var(--good-ink);stroke-width:2}"
    ".pnl .hatch{stroke:var(--soft);stroke-width:1}.pnl .bad-hatch{stroke:var(--bad-ink)}"
    ".pnl .dot{fill:var(--soft)}"
    ".pnl .ink{fill:var(--ink)}.pnl .wrong-ink{fill:var(--bad-ink)}"
    ".pnl .right-ink{fill:var(--good-ink)}"
)
