"""Closed weekdays and early closes of the New York Stock Exchange by two independent libraries.

pip install pandas_market_calendars==5.5.0 exchange_calendars==4.13.2
python test/golden/make/nyse-calendar.py > test/golden/nyse-calendar.json
"""

import json

import exchange_calendars
import pandas as pd
import pandas_market_calendars

FIRST, LAST = "1990-01-01", "2030-12-31"


def describe(sessions, closes):
    open_days = {day.strftime("%Y-%m-%d") for day in sessions}
    weekdays = [day.strftime("%Y-%m-%d") for day in pd.bdate_range(FIRST, LAST)]
    clock = closes.dt.tz_convert("America/New_York").dt.strftime("%H:%M")
    early = {day.strftime("%Y-%m-%d"): at for day, at in clock.items() if at != "16:00"}
    return {"closed": [day for day in weekdays if day not in open_days], "early": early}


market = pandas_market_calendars.get_calendar("NYSE").schedule(FIRST, LAST)
exchange = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST).schedule
print(
    json.dumps(
        {
            "pandas_market_calendars": describe(market.index, market["market_close"]),
            "exchange_calendars": describe(exchange.index, exchange["close"]),
        }
    )
)
