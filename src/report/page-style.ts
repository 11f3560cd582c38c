/** The style of a report: light, printable, readable in a narrow window. */
export const PAGE_STYLE = `
:root{color-scheme:light;--ink:#1d2733;--muted:#5b6673;--rule:#d9dee4;--faint:#f5f7f9;--pass:#00695c;--kill:#b03a0c;--open:#5f5200}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:4.5rem}
body{margin:0;background:#fff;color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,"Liberation Sans","DejaVu Sans",sans-serif;font-variant-numeric:lining-nums tabular-nums}
main{max-width:948px;margin:0 auto;padding:1.6rem 1.5rem 3rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.2rem;line-height:1.3;margin:2.6rem 0 .9rem;padding-top:.7rem;border-top:2px solid var(--ink)}
h3,figcaption{font-size:.98rem;font-weight:650;line-height:1.35;margin:1.4rem 0 .4rem}
p{margin:.35rem 0}
.subtitle{color:var(--muted);margin:0}
.note{color:var(--muted);font-size:.83rem;line-height:1.45;margin:.4rem 0 0;max-width:90ch}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:1rem 0 0;font-size:.88rem}
a{color:#0b5394;text-underline-offset:.15em;text-decoration-thickness:.06em}
.stamps{position:sticky;top:0;z-index:9;color:#fff;background:repeating-linear-gradient(135deg,#8f2d0a 0 18px,#a8370d 18px 36px);border-bottom:3px solid #5c1c05;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.stamps p{margin:0 auto;max-width:948px;padding:.45rem 1.5rem;font-size:.92rem;line-height:1.35}
.stamps p+p{border-top:1px solid #ffffff55}
.stamps strong{display:inline-block;margin-right:.7rem;font-size:1.12rem;letter-spacing:.09em}
.verdict{border-left:.5rem solid var(--muted);background:var(--faint);padding:1rem 1.3rem 1.15rem;border-radius:0 .3rem .3rem 0;break-inside:avoid;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.verdict .word{font-size:2.1rem;line-height:1.1;font-weight:750;letter-spacing:.015em;margin:0 0 .3rem}
.verdict .claim{font-weight:600}
.verdict .claim span{font-weight:400;color:var(--muted)}
.verdict h3{margin:.9rem 0 .2rem}
.verdict ul{margin:0;padding-left:1.15rem;max-width:80ch}
.verdict li{margin:.15rem 0;break-inside:avoid}
.verdict ul.long{max-width:none;columns:24rem 2;column-gap:2.2rem;font-size:.87rem;line-height:1.4}
.verdict ul.long li{margin:0 0 .3rem}
.verdict.pass{border-color:var(--pass)}.verdict.pass .word{color:var(--pass)}
.verdict.kill{border-color:var(--kill)}.verdict.kill .word{color:var(--kill)}
.verdict.open{border-color:#c79a00}.verdict.open .word{color:var(--open)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.2rem,1fr));gap:.9rem 1.4rem;margin:1.1rem 0 .2rem}
.facts dt{font-size:.8rem;color:var(--muted)}
.facts dd{margin:0;font-size:1.3rem;line-height:1.25;font-weight:600}
.facts dd.note{font-size:.78rem;font-weight:400;margin-top:.1rem}
.warning{border:2px solid var(--kill);border-radius:.3rem;padding:.6rem .9rem;font-weight:600;color:var(--kill);background:#fdf3ee}
.scroll{overflow-x:auto;overscroll-behavior-x:contain}
.table{margin:0 0 1.6rem}
table{border-collapse:collapse;font-size:.87rem;line-height:1.35;width:100%}
th,td{padding:.32rem .55rem;text-align:left;font-weight:400;vertical-align:baseline}
.num{white-space:nowrap}thead th.num{white-space:normal}.day,.tag{white-space:nowrap}
th:first-child{padding-left:0}
td:last-child,th:last-child{padding-right:.2rem}
thead th{color:var(--muted);font-size:.8rem;vertical-align:bottom;border-bottom:1.5px solid var(--ink)}
tbody tr+tr>*{border-top:1px solid #eceff2}
tbody tr.group>*{border-top:1px solid #aab2bb}
tbody th{color:var(--ink)}
tbody th.again{font-size:0}
tbody tr:last-child>*{border-bottom:1px solid var(--rule)}
.num{text-align:right}
.hang{padding-right:calc(.55rem + .86em)}
td.hang:last-child{padding-right:calc(.2rem + .86em)}
.none{color:var(--muted)}
.tag{font-weight:700;font-size:.78rem;letter-spacing:.03em}
.tag.pass{color:var(--pass)}.tag.kill{color:var(--kill)}.tag.open{color:var(--open)}
figure{margin:1.8rem 0 1.5rem;break-inside:avoid}
figure figcaption{margin:0 0 .55rem}
figure.empty{border:1px dashed #c3cad2;border-radius:.3rem;padding:.8rem 1rem;background:var(--faint)}
figure.empty figcaption{margin:0}
.picture svg{display:block;width:100%;height:auto}
.notes{padding-left:1.15rem;max-width:80ch}
footer{margin-top:3rem}
footer dl{margin:0;display:grid;gap:.25rem;font-size:.83rem}
footer dl div{display:grid;grid-template-columns:11rem 1fr;gap:1rem}
footer dt{color:var(--muted)}
footer dd{margin:0;font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8rem;overflow-wrap:anywhere}
@media (max-width:640px){
th,td{white-space:nowrap}
main{padding:1.1rem .9rem 2rem}.stamps p{padding:.4rem .9rem;font-size:.82rem}.stamps strong{display:block;font-size:1rem}
h1{font-size:1.4rem}.verdict{padding:.8rem .9rem}.verdict .word{font-size:1.7rem}
.facts{grid-template-columns:repeat(2,minmax(0,1fr))}
footer dl div{grid-template-columns:1fr;gap:0}
}
@media print{
@page{margin:14mm 12mm 14mm}
body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}
.stamps{position:static;margin-bottom:1rem}
h2{break-after:avoid}.table,tr{break-inside:avoid}.scroll{overflow:visible}.picture{min-width:0!important}
table{font-size:8pt}th,td{padding:.2rem .4rem}
}
`;
