-- Makes the table that the models read. In: the view `flights` (date, delay, distance, origin, destination) and the
-- variables `since` and `until`. Out: the table `prepared`, the flights between the two. The training script and
-- `umpire demo` run exactly this text, so that training and judging cannot drift apart.
-- `date` is when the flight left the gate (local time); everything that a model reads is known at that moment:
--   history  shares of late flights in January and February, per origin and per destination, frozen
--   board    of the flights that left this airport since 4 in the morning and have landed by now: how many, and which
--            share of them was late. Landing is taken as 60 minutes plus a minute for every 7 miles after departure.
create or replace temp table past as
select origin, destination, cast(delay > 15 as tinyint) as late
from flights where date < timestamp '2001-03-01';

create or replace temp table leg as
select row_number() over () as flight, date, delay, distance, origin, destination,
       cast(delay > 15 as tinyint) as late,
       cast(date - interval 4 hour as date) as day,
       date + to_minutes(cast(60 + distance / 7 as integer)) as landed
from flights where date >= getvariable('since') and date < getvariable('until');

create or replace temp table nation as
select avg(late) as share from past;

create or replace temp table origin_history as
select origin, (sum(late) + 50 * any_value(share)) / (count(*) + 50) as late_share, count(*) / 59.0 as flights_a_day
from past, nation group by origin;

create or replace temp table destination_history as
select destination, (sum(late) + 50 * any_value(share)) / (count(*) + 50) as late_share
from past, nation group by destination;

create or replace temp table board as
select flight, landed_so_far, late_so_far from (
  select flight, departing,
         sum(1 - departing) over so_far as landed_so_far,
         sum((1 - departing) * late) over so_far as late_so_far
  from (
    select flight, origin, day, date as moment, late, 1 as departing from leg
    union all
    select flight, origin, day, landed as moment, late, 0 as departing from leg
  )
  window so_far as (partition by origin, day order by moment, departing desc, flight rows between unbounded preceding and current row)
)
where departing = 1;

create or replace temp table prepared as
select leg.flight, leg.date, strftime(leg.day, '%Y-%m-%d') as day, leg.origin, leg.destination, leg.delay, leg.late,
       cast(extract(hour from leg.date) as float) as hour,
       cast(extract(isodow from leg.date) as float) as weekday,
       cast(leg.distance as float) as distance,
       cast(coalesce(origin_history.late_share, nation.share) as float) as origin_late_share,
       cast(coalesce(destination_history.late_share, nation.share) as float) as destination_late_share,
       cast(board.late_so_far / nullif(board.landed_so_far, 0) as float) as board_late_share,
       cast(board.landed_so_far as float) as board_landed,
       cast(coalesce(origin_history.flights_a_day, 0) as float) as origin_flights_a_day,
       case when coalesce(origin_history.flights_a_day, 0) < 25 then 'small'
            when origin_history.flights_a_day < 150 then 'middle' else 'hub' end as airport,
       case when leg.distance < 500 then 'short' when leg.distance < 1500 then 'medium' else 'long' end as haul,
       case when extract(hour from leg.date) between 4 and 8 then 'early'
            when extract(hour from leg.date) between 9 and 15 then 'midday'
            when extract(hour from leg.date) between 16 and 20 then 'evening' else 'night' end as departure
from leg
join board using (flight)
cross join nation
left join origin_history using (origin)
left join destination_history on destination_history.destination = leg.destination
order by flight;
