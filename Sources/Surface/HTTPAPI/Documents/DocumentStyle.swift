/// How the docs page looks: one column, on wide screens with the list of addresses beside it, light
/// or dark as the reader's system is.
enum DocumentStyle {
  static let text = """
    :root{color-scheme:light dark;--text:#1f2328;--soft:#59636e;--line:#d1d9e0;--back:#fff;\
    --code:#f3f5f7;--link:#0757b8;--get:#0757b8;--post:#176f2c;--patch:#8a5300;--delete:#b3261e}
    @media(prefers-color-scheme:dark){:root{--text:#e3e7eb;--soft:#9aa4af;--line:#3a424b;\
    --back:#14171b;--code:#22272e;--link:#77b3ff;--get:#77b3ff;--post:#6fce86;--patch:#e2a94f;\
    --delete:#ff8f86}}
    *{box-sizing:border-box}
    body{font:15px/1.55 system-ui,sans-serif;color:var(--text);background:var(--back);\
    margin:0 auto;padding:0 1rem 4rem;max-width:52rem;overflow-wrap:break-word}
    a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
    code,pre{font:.87em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    code{background:var(--code);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}
    pre{background:var(--code);padding:.8rem 1rem;border-radius:6px;overflow:auto}
    pre code{padding:0;background:none}
    small{font-size:.87em;color:var(--soft);font-weight:normal}
    h1{margin:2rem 0 1rem}
    h2{margin:3rem 0 1rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
    h2::first-letter{text-transform:uppercase}
    h4{margin:.9rem 0 .3rem;font-size:.87em;color:var(--soft)}
    section{padding:1rem 0 1.2rem;border-bottom:1px solid var(--line)}
    section:last-of-type{border:0}section p{margin:.3rem 0}
    h3{font-size:1rem;margin:0;display:flex;flex-wrap:wrap;gap:.2rem .6rem;align-items:baseline}
    h3 a,h3 span{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    h3 a{color:inherit;overflow-wrap:anywhere}h3 small{margin-left:auto}
    .get{color:var(--get)}.post{color:var(--post)}.patch{color:var(--patch)}\
    .delete{color:var(--delete)}
    dl{margin:0;display:grid;grid-template-columns:minmax(5.5rem,max-content) minmax(0,1fr);\
    gap:.35rem 1rem}
    dt,dd{margin:0}dd>small{display:block}main>ul li{margin:.3rem 0}nav{padding-top:1rem}\
    .must{color:var(--delete)}
    ul.members{margin:.2rem 0 0;padding-left:1.1rem}ul.members li{margin:.15rem 0}
    .may{font-size:.87em;color:var(--soft);font-style:italic}
    table{border-collapse:collapse}td{vertical-align:top;padding:.15rem 1rem .15rem 0}
    nav ul{list-style:none;margin:0;padding:0}nav>ul>li{display:inline-block;margin-right:1rem}
    nav ul ul{display:none}
    @media(min-width:72rem){body{max-width:76rem;display:grid;\
    grid-template-columns:19rem minmax(0,1fr);gap:0 3rem}
    nav{position:sticky;top:0;max-height:100vh;overflow:auto;padding:2rem 0;font-size:.87em}
    nav>ul>li{display:block;margin:0 0 .8rem}nav>ul>li>a{font-weight:600}nav ul ul{display:block}
    nav ul ul a{color:inherit}nav li li{white-space:nowrap;overflow:hidden;\
    text-overflow:ellipsis}}
    @media(max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .6rem .8rem}\
    h3 small{margin-left:0;width:100%}}
    """
}
