/**
 * Names of unlisted instruments, as `symbol name`: by these the search finds them. All other unlisted instruments are found by
 * their symbol alone.
 */
const LINES = `
AMZN Amazon.com, Inc.
META Meta Platforms, Inc.
TSLA Tesla, Inc.
BRK-B Berkshire Hathaway Inc.
JPM JPMorgan Chase & Co.
KO The Coca-Cola Company
NFLX Netflix, Inc.
VTI Vanguard Total Stock Market ETF
VTSAX Vanguard Total Stock Market Index Fund
QQQ Invesco QQQ Trust
^GSPC S&P 500
^DJI Dow Jones Industrial Average
^IXIC NASDAQ Composite
^VIX CBOE Volatility Index
^FTSE FTSE 100
^GDAXI DAX
^FCHI CAC 40
^STOXX50E EURO STOXX 50
^N225 Nikkei 225
^HSI Hang Seng Index
EURUSD=X EUR/USD
GBPUSD=X GBP/USD
EURGBP=X EUR/GBP
EURCHF=X EUR/CHF
JPY=X USD/JPY
CNY=X USD/CNY
BTC-USD Bitcoin USD
ETH-USD Ethereum USD
VOD.L Vodafone Group
HSBA.L HSBC Holdings
SHEL.L Shell
BMW.DE Bayerische Motoren Werke
SAP.DE SAP
ALV.DE Allianz
AIR.PA Airbus
ASML.AS ASML Holding
ENI.MI Eni
SAN.MC Banco Santander
NESN.SW Nestlé
NOVO-B.CO Novo Nordisk
VOLV-B.ST Volvo
NOKIA.HE Nokia
EQNR.OL Equinor
7203.T Toyota Motor Corporation
6758.T Sony Group Corporation
0700.HK Tencent Holdings
9988.HK Alibaba Group
600519.SS Kweichow Moutai
005930.KS Samsung Electronics
2330.TW Taiwan Semiconductor Manufacturing Company
RELIANCE.NS Reliance Industries
D05.SI DBS Group Holdings
BHP.AX BHP Group
FPH.NZ Fisher & Paykel Healthcare
SHOP.TO Shopify Inc.
RY.TO Royal Bank of Canada
PETR4.SA Petrobras
WALMEX.MX Wal-Mart de México
NPN.JO Naspers
2222.SR Saudi Aramco
TEVA.TA Teva Pharmaceutical Industries
THYAO.IS Türk Hava Yolları
PKO.WA PKO Bank Polski
`;

export const KNOWN_NAMES: ReadonlyMap<string, string> = new Map(
  LINES.trim()
    .split('\n')
    .map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)] as const;
    }),
);
