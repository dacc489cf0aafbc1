"""English as it is written in Europe: the day, then the month, as the French pages have it."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
FIRST_DAY_OF_WEEK = 1
# What is shown is what is read: never the month before the day.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
